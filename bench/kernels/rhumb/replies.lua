local n = 1000000
local next_value = coroutine.wrap(function()
  for i = 1, n do coroutine.yield(i) end
end)
local sum = 0
local v = next_value()
while v do
  sum = sum + v
  v = next_value()
end
print(sum)
