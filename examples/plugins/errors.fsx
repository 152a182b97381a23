// plugin.fsx (will be compiled to .fzb)
let onOutput (line: string) =
    if line.Contains("ERROR") then
        notify "Error detected in terminal"
        setColor Red

let onKeyPress (key: Key) =
    if key = Space && isLeaderKey() then
        showCommandPalette()
