-- Neovim 0.11 and newer: ~/.config/nvim/lua/dfrender.lua, and require("dfrender") in init.lua
vim.filetype.add({
  pattern = { [".*[Dd]ockerfile.*%.j2"] = "dockerfile", [".*[Cc]ontainerfile.*%.j2"] = "dockerfile" },
})

vim.lsp.config("dfrender", {
  cmd = { "dfrender", "lsp" },
  filetypes = { "dockerfile", "jinja", "jinja2", "yaml" },
  root_markers = { ".git" },
})
vim.lsp.enable("dfrender")
