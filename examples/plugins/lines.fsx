// @name lines
// @description Counts lines, blank lines and errors, and shows the counts in the status bar.

let mutable total = 0
let mutable blank = 0
let mutable errors = 0

let shown () = sprintf "%d lines, %d blank, %d errors" total blank errors

let onOutput (line: string) =
    total <- total + 1
    if line.Trim() = "" then blank <- blank + 1
    if line.Contains "ERROR" then errors <- errors + 1

// The status bar asks for its text; a zero needs no attention.
let onStatusBar () = if total = 0 then "" else shown ()

// The counts outlive a new version of this file.
let saveState () = sprintf "%d %d %d" total blank errors

let restoreState (text: string) =
    match text.Split ' ' |> Array.map int with
    | [| t; b; e |] ->
        total <- t
        blank <- b
        errors <- e
    | _ -> ()
