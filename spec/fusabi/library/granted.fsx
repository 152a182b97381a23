// What reaches beyond the program (§3.3, P2): each function needs a capability.
// needs: clock env fs-read fs-write stdin
printfn "%A" (Time.now () > 1700000000000, Time.nowSeconds () > 1700000000)
// expect: (true, true)
File.writeText "fox-granted.txt" "text"
printfn "%A" (File.readText "fox-granted.txt")
// expect: "text"
File.writeLines "fox-granted.txt" ["one"; "two"]
File.appendLine "fox-granted.txt" "three"
printfn "%A" (File.readLines "fox-granted.txt", File.exists "fox-granted.txt")
// expect: (["one"; "two"; "three"], true)
printfn "%A" (File.list "." |> List.contains "fox-granted.txt")
// expect: true
File.delete "fox-granted.txt"
printfn "%A" (File.exists "fox-granted.txt")
// expect: false
printfn "%A" (Process.env "FOX_NO_SUCH_NAME")
// expect: None
printfn "%A" (Console.readLine ())
// expect: None
