-- Loads precompiled chunks of growing size: `lua5.4 load.lua LABEL`.
--
-- One row per size: LABEL, open_BYTES, median, least; nanoseconds of CPU time per load, tab-separated. A size that the
-- engine cannot hold (LuaJIT: 65,536 constants in a function) is left out.
local label = arg[1]
local clock = os.clock
local compile = loadstring or load
for _, functions in ipairs{6, 60, 610, 6100, 59000} do
  local source = {"local M = {}\n"}
  for i = 0, functions - 1 do
    source[#source + 1] = string.format(
      "function M.f%d(a, b) local t = {} for i = 1, a do if i %% %d == 0 then t[#t + 1] = b .. \"key%d\" else t[i] = a * %d + b end end return t end\n",
      i, i % 7 + 2, i, i)
  end
  source[#source + 1] = "return M\n"
  local chunk = compile(table.concat(source))
  source = nil
  if chunk then
    local bytes = string.dump(chunk, true)
    local count = math.max(1, math.floor(500000 / #bytes))
    local each = {}
    for k = 1, 5 do
      collectgarbage()
      local start = clock()
      for _ = 1, count do compile(bytes) end
      each[k] = (clock() - start) / count * 1e9
    end
    table.sort(each)
    print(string.format("%s\topen_%d\t%.1f\t%.1f", label, #bytes, each[3], each[1]))
  end
end
