// @name json
// @description Lays out a line of output that is a JSON object or array, and lets all others pass.

let looksLikeJson (text: string) =
    (text.StartsWith "{" && text.EndsWith "}") || (text.StartsWith "[" && text.EndsWith "]")

// Long logs stay as they are: what one line becomes should fit on a screen.
let longest = 4000

let onOutput (line: string) =
    let text = line.Trim()
    if text.Length > longest || not (looksLikeJson text) then
        Continue
    else
        match Json.tryParse text with
        | Some value -> Modify(Json.stringifyPretty value)
        | None -> Continue
