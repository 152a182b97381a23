local n = 100000
local function value(term)
  local kind = term.kind
  if kind == 0 then return term.n end
  if kind == 1 then return value(term.a) + value(term.b) end
  if kind == 2 then return math.fmod(value(term.a) * value(term.b), 1009) end
  return -value(term.a)
end
local function tree(depth)
  if depth == 0 then return { kind = 0, n = 3 } end
  if depth % 3 == 0 then return { kind = 3, a = tree(depth - 1) } end
  local kind = depth % 2 == 0 and 1 or 2
  return { kind = kind, a = tree(depth - 1), b = { kind = 0, n = depth } }
end
local function run(n)
  local term, sum = tree(20), 0
  for _ = 1, n do sum = sum + value(term) end
  return sum
end
print(run(n))
