local n = 300
local function matrix(n)
  local made = {}
  for i = 0, n - 1 do
    local row = {}
    for j = 0, n - 1 do row[j + 1] = (i * j % 7) + 0.5 end
    made[i + 1] = row
  end
  return made
end
local function product(a, b, n)
  local made = {}
  for i = 1, n do
    local from, row = a[i], {}
    for j = 1, n do
      local sum = 0.0
      for k = 1, n do sum = sum + from[k] * b[k][j] end
      row[j] = sum
    end
    made[i] = row
  end
  return made
end
local function run(n)
  if n == 0 then return 0.0 end
  return product(matrix(n), matrix(n), n)[n][n]
end
print(string.format("%.1f", run(n)))
