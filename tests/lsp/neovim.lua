-- A session in Neovim: see what is wrong, jump to a stage, rename it. What was seen is written to the file SEEN.
local seen = {}

local function wait_for(what, condition)
  if not vim.wait(60000, condition, 50) then
    error("waited in vain for " .. what)
  end
end

local function messages()
  return vim.tbl_map(function(each)
    return (each.lnum + 1) .. ": " .. each.message
  end, vim.diagnostic.get(0))
end

-- the cursor goes to the first character of a text
local function go_to(text)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search("\\V" .. vim.fn.escape(text, "\\"), "c") > 0, text)
end

local function main()
  vim.cmd("edit Dockerfile.j2")
  go_to('stage("development")')
  vim.cmd([[silent substitute/"development"/"developmen"/]])
  wait_for("a problem", function()
    return #vim.diagnostic.get(0) > 0
  end)
  seen.problems = messages()

  vim.cmd([[silent substitute/"developmen"/"development"/]])
  wait_for("no problem", function()
    return #vim.diagnostic.get(0) == 0
  end)

  go_to('builder-base") }} $POETRY_HOME')
  vim.lsp.buf.definition()
  wait_for("the jump", function()
    return vim.fn.line(".") == 15
  end)
  seen.jump = { vim.fn.line("."), vim.fn.col(".") }

  vim.lsp.buf.rename("toolchain")
  wait_for("the new name", function()
    return vim.fn.search("toolchain", "nw") > 0 and vim.fn.bufnr("ci.yaml") > 0
  end)
  vim.cmd("silent wall")
end

local done, fault = pcall(main)
seen.fault = not done and tostring(fault) or nil
local file = assert(io.open(vim.env.SEEN, "w"))
file:write(vim.fn.json_encode(seen))
file:close()
vim.cmd("qall!")
