// `exit` (§3.1) ends the program: nothing behind it runs.
printfn "before"
exit 0
printfn "behind"
// expect: before
