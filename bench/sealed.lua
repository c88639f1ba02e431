-- Pushes in safe mode: every request is a line of the file PUSHES, which holds
-- the path with its query, a tab, and the sealed body. When the file is used
-- up, it begins again.
local pushes = io.open(os.getenv("PUSHES"))
for _ = 1, tonumber(os.getenv("PUSH_SKIP")) do pushes:read("*l") end
local headers = { ["Content-Type"] = "text/xml" }

function request()
  local line = pushes:read("*l")
  if not line then
    pushes:seek("set")
    line = pushes:read("*l")
  end
  local tab = line:find("\t", 1, true)
  return wrk.format("POST", line:sub(1, tab - 1), headers, line:sub(tab + 1))
end

dofile(os.getenv("REPORT"))
