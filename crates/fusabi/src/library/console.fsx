module Console

let write (text: string) = Native.consoleWrite text
let writeLine (text: string) = Native.consoleWriteLine text

// `None` after the last line.
let readLine () : string option =
    let line = Native.consoleReadLine ()
    if isNull line then None else Some (Native.cast line)

// The sequence of terminals that empties the screen and goes to its first place.
let clear () = Native.consoleWrite "\x1b[2J\x1b[H"
