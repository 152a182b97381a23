local n = 100000
-- Lua's own way to grow text: pieces in a table, joined once; `text = text .. piece` is quadratic.
local pieces = {}
for i = 1, n do
  pieces[#pieces + 1] = 'piece '
end
print(#table.concat(pieces))
