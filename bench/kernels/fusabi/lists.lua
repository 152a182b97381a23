local n = 20
local function map(f, xs) local made = {} for i = 1, #xs do made[i] = f(xs[i]) end return made end
local function filter(f, xs) local made = {} for i = 1, #xs do if f(xs[i]) then made[#made + 1] = xs[i] end end return made end
local function fold(f, state, xs) for i = 1, #xs do state = f(state, xs[i]) end return state end
local function run(n)
  local sum = 0
  for turn = 1, n do
    local xs = {}
    for i = 1, 100000 do xs[i] = i end
    xs = filter(function(x) return x % 3 == 0 end, map(function(x) return x * turn end, xs))
    sum = sum + fold(function(sum, x) return sum + x end, 0, xs)
  end
  return sum
end
print(run(n))
