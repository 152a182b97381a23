// @name paths
// @description Underlines what looks like FILE:LINE in compiler output.

let underline = "\x1b[4m"
let plain = "\x1b[24m"

// `src/main.rs:12:5` and `lib/a.fsx:3`: a file with an ending, a line, perhaps a column.
let place = Regex @"[A-Za-z0-9_./-]+\.[A-Za-z]+:[0-9]+(:[0-9]+)?"

let onOutput (line: string) =
    match place.Matches line with
    | [] -> Continue
    | found ->
        let paint (text: string) (from: string) = text.Replace(from, underline + from + plain)
        found
        |> List.map (fun m -> m.Value)
        |> List.distinct
        |> List.fold paint line
        |> Modify
