-- Pushes in plaintext mode: every request a text from the file TEXTS and a
-- fresh MsgId, whose digits are more than a number of Lua can count. All but
-- the MsgId is put together once, so that wrk is faster than what it measures.
local start = "POST " .. os.getenv("PUSH_PATH") .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\nContent-Length: "
local stop = "</MsgId></xml>"
local requests = {}
for text in io.lines(os.getenv("TEXTS")) do
  local body = os.getenv("PUSH_HEAD") .. text .. "]]></Content><MsgId>" .. os.getenv("PUSH_ID")
  requests[#requests + 1] = start .. (#body + 9 + #stop) .. "\r\n\r\n" .. body
end
local n = tonumber(os.getenv("PUSH_FIRST"))

function request()
  n = n + 1
  return requests[n % #requests + 1] .. string.format("%09d", n) .. stop
end

dofile(os.getenv("REPORT"))
