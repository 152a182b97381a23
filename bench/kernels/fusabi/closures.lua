local n = 3000000
local function twice(f, x) return f(f(x)) end
local function run(n)
  local sum = 0
  for i = 1, n do
    sum = twice(function(x) return x + i end, sum) % 1000003
  end
  return sum
end
print(run(n))
