-- Pushes in plaintext mode: every request a text from the file TEXTS and a
-- fresh MsgId.
local texts = {}
for line in io.lines(os.getenv("TEXTS")) do texts[#texts + 1] = line end
local path = os.getenv("PUSH_PATH")
local head = os.getenv("PUSH_HEAD")
local n = 24519034406325999 + tonumber(os.getenv("PUSH_SKIP"))
local headers = { ["Content-Type"] = "text/xml" }

function request()
  n = n + 1
  local body = head .. texts[n % #texts + 1] .. "]]></Content><MsgId>" .. string.format("%.0f", n) .. "</MsgId></xml>"
  return wrk.format("POST", path, headers, body)
end

dofile(os.getenv("REPORT"))
