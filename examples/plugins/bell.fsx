// @name bell
// @description Turns a bell that rings and rings into one message, and takes it out of the output.

let patience = 5

let mutable bells = 0
let mutable told = false

let onBell () =
    bells <- bells + 1
    if bells >= patience && not told then
        told <- true
        notifyWith "Bell" (sprintf "rang %d times" bells) NotifyLevel.Warning |> ignore
    // The bell itself is heard only while it is rare.
    if bells < patience then Continue else Stop

let onTick (_: int) =
    bells <- max 0 (bells - 1)
    if bells = 0 then told <- false

let onOutput (line: string) =
    if line.Contains '\a' && bells >= patience then Modify(line.Replace("\a", ""))
    else Continue
