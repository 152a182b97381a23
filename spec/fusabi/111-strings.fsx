// Strings and formatting (§1.11).
printfn "%s" ("a" + "b" + string 1)
// expect: ab1
printfn "%d|%5d|%-5d|%05d|%+d" 42 42 42 42 42
// expect: 42|   42|42   |00042|+42
printfn "%x %X %o" 255 255 8
// expect: ff FF 10
printfn "%f %.2f %8.3f" 1.5 3.14159 2.0
// expect: 1.500000 3.14    2.000
printfn "%b %c %s %A %%" true 'z' "s" [1]
// expect: true z s [1] %
let greet = sprintf "%s is %d"
printfn "%s" (greet "fox" 3)
// expect: fox is 3
printfn "%s" (sprintf "%s-%s" ["a"; "b"])
// expect: a-b
print 5
print " and "
print [1; 2]
printfn ""
// expect: 5 and [1; 2]
let width = 7
printfn "%s" $"{width,4}|{width,-4}|{3.14159:0.00}"
// expect:    7|7   |3.14
printfn "%d %s" "héllo".Length ("héllo".ToUpper())
// expect: 5 HÉLLO
