local n = 3000000
local function run(n)
  local point = { x = 1, y = 2 }
  local sum = 0
  local i = 0
  while i < n do
    sum = sum + point.x
    point.y = i
    i = i + point.x
  end
  return sum + point.y
end
print(run(n))
