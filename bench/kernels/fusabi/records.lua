local n = 3000000
local function run(n)
  local p = { x = 0, y = 1, hits = 0 }
  for i = 1, n do
    p = { x = p.x + p.y, y = p.y, hits = p.hits }
    p.hits = i
  end
  return p.x + p.hits
end
print(run(n))
