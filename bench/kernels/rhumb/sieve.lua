local n = 10000
local function sieve(n)
  local flags = {}
  for i = 0, n do flags[i + 1] = true end
  local count = 0
  for i = 2, n - 1 do
    if flags[i + 1] then
      count = count + 1
      for k = i + i, n - 1, i do flags[k + 1] = false end
    end
  end
  return count
end
print(sieve(n))
