local n = 500
local function run(n)
  local inside = 0
  for py = 0, n - 1 do
    for px = 0, n - 1 do
      local cx = 3.0 * px / n - 2.0
      local cy = 2.0 * py / n - 1.0
      local x, y, turn = 0.0, 0.0, 0
      while turn < 50 and x * x + y * y <= 4.0 do
        x, y = x * x - y * y + cx, 2.0 * x * y + cy
        turn = turn + 1
      end
      if turn == 50 then inside = inside + 1 end
    end
  end
  return inside
end
print(run(n))
