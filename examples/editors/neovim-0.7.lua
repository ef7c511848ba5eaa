-- Neovim 0.7 to 0.10: ~/.config/nvim/lua/dfrender.lua, and require("dfrender") in init.lua
local client

-- a template, what it includes, a plain Dockerfile, a profile
local patterns = { "*.j2", "*.jinja", "*Dockerfile*", "*Containerfile*", "*/profiles/*.yaml", "*/profiles/*.yml" }

vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, {
  pattern = patterns,
  callback = function(event)
    client = client or vim.lsp.start_client({ name = "dfrender", cmd = { "dfrender", "lsp" } })
    vim.lsp.buf_attach_client(event.buf, client)
    local keys = { buffer = event.buf }
    vim.keymap.set("n", "gd", vim.lsp.buf.definition, keys)
    vim.keymap.set("n", "gr", vim.lsp.buf.references, keys)
    vim.keymap.set("n", "K", vim.lsp.buf.hover, keys)
    vim.keymap.set("n", "<leader>rn", vim.lsp.buf.rename, keys)
    vim.keymap.set("n", "<leader>ca", vim.lsp.buf.code_action, keys)
  end,
})
