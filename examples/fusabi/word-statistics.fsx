// word statistics
let text = "the quick brown fox jumps over the lazy dog. The dog barks; the fox runs away!"
let words =
    text.ToLower().Split([| ' '; '.'; ';'; '!' |])
    |> Array.filter (fun w -> w <> "")
printfn "%d words" words.Length
let counts =
    words
    |> Array.countBy id
    |> Array.sortBy (fun (w, n) -> -n, w)
for w, n in Array.truncate 3 counts do
    printfn "%-6s%3d" w n
let byLength = words |> Array.distinct |> Array.groupBy String.length |> Array.sortBy fst
for len, ws in byLength do
    printfn "%d: %s" len (String.concat "," (Array.sort ws))
let longest = words |> Array.maxBy String.length
printfn "%s %s" longest (words |> Array.minBy (fun w -> w.Length, w))
let avg = words |> Array.averageBy (fun w -> float w.Length)
printfn "%.3f" avg
let letters = text |> Seq.filter System.Char.IsLetter |> Seq.map System.Char.ToLower |> Seq.countBy id |> Seq.sortByDescending snd |> Seq.truncate 2 |> Seq.toList
printfn "%A" letters
let caesar n (s: string) =
    s |> String.map (fun c ->
        if c >= 'a' && c <= 'z' then char ((int c - int 'a' + n + 26) % 26 + int 'a')
        else c)
printfn "%s" (caesar 3 "hello xyz")
printfn "%s" ("hello xyz" |> caesar 3 |> caesar -3)
let isPalindrome (s: string) =
    let cleaned = s |> Seq.filter System.Char.IsLetterOrDigit |> Seq.map System.Char.ToLower |> Seq.toArray
    cleaned = Array.rev cleaned
printfn "%b %b" (isPalindrome "A man, a plan, a canal: Panama") (isPalindrome "nope")
