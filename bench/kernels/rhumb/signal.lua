local n = 1000000
local depth = 10
-- The nearest there is: a coroutine that yields from `depth` calls below and is resumed with the answer.
local yield = coroutine.yield
local function ask(n)
  local sum = 0
  for i = 0, n - 1 do sum = sum + yield(i) end
  return sum
end
local function descend(d, n)
  if d == 0 then return ask(n) end
  return descend(d - 1, n) + 0
end
local co = coroutine.create(descend)
local _, v = coroutine.resume(co, depth, n)
while coroutine.status(co) ~= 'dead' do
  _, v = coroutine.resume(co, v + 1)
end
print(v)
