local n = 30000000
local function run(n)
  local x = 42
  for i = 1, n do x = (x * 3877 + 29573) % 139968 end
  return x
end
print(run(n))
