-- The ERROR plugin as a whole process, beside `fox plug run`: every line of the standard input goes to `on_output`,
-- which calls `notify` and `set_color` where it contains ERROR. The counts go to the standard output.
local lines, notified, colored = 0, 0, 0
local function notify(_) notified = notified + 1 end
local function set_color(_) colored = colored + 1 end
local find = string.find
local function on_output(line)
  if find(line, "ERROR", 1, true) then notify(line); set_color("red") end
end
for line in io.lines() do lines = lines + 1; on_output(line) end
print(lines, notified, colored)
