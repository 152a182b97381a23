local n = 3000000
local function step(a, b) return b, (a + b) % 1000003 end
local function weight(a, b) return a * 3 + b end
local function run(n)
  local a, b, sum = 0, 1, 0
  for i = 1, n do
    a, b = step(a, b)
    sum = (sum + weight(i, a)) % 1000003
  end
  return sum
end
print(run(n))
