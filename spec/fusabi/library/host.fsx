// Times, addresses and the console (§3.3, P2): what needs no capability.
printfn "%A" (Time.format "%Y-%m-%d %H:%M:%S" 0)
// expect: "1970-01-01 00:00:00"
printfn "%A" (Time.parse "%Y-%m-%d" "1970-01-02", Time.parse "%Y-%m-%d" "tomorrow")
// expect: (Some 86400000, None)
printfn "%A" (Url.encode "a b/ü")
// expect: "a%20b%2F%C3%BC"
printfn "%A" (Url.decode "a%20b")
// expect: "a b"
printfn "%A" (Url.isValid "https://example.org/a", Url.isValid "no url")
// expect: (true, false)
printfn "%A" (Url.parse "https://example.org:8080/a?b#c" |> Option.map (fun url -> (url.scheme, url.host, url.port, url.path, url.query, url.fragment)))
// expect: Some ("https", "example.org", Some 8080, "/a", "b", "c")
printfn "%A" (Url.parse "no url" |> Option.isNone)
// expect: true
Console.write "wri"
Console.writeLine "tten"
// expect: written
Console.clear ()
printfn ""
// expect: [2J[H
