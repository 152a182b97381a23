local n = 300000
local function run(n)
  local pieces = {}
  for i = 1, n do pieces[i] = "item " .. i end
  return #table.concat(pieces, ",")
end
print(run(n))
