// expect: 1 2 3
// expect: 3 2 1
// expect: none
// expect: 2 4 6
// expect: ends 9223372036854775806 9223372036854775807
// expect: starts -9223372036854775807 -9223372036854775808
// expect: once 7
// expect: kept 1 2 3
// expect: even [2; 4]
// expect: doubled [2; 4; 6; 8]
// expect: sum 10.0 over 4
// expect: pairs [3; 7]
// expect: [[1]; [1; 2]; [1; 2; 3]]
// expect: inner [11; 12; 21; 22]
// expect: late [101; 102; 103; 104]
// expect: stopped at 3: too large
// expect: order first list 1 2 3 4
// expect: 1 3
// Loops that count by one find their last turn before they count on; walks over lists with a lambda run its body in place
// (docs/specs/fusabi.md §1.7, §3.2). What they evaluate, and when, must not show the difference.

let show (xs: int list) = xs |> List.map string |> String.concat " "

let counted first last =
    let mutable seen = []
    for i = first to last do
        seen <- i :: seen
    List.rev seen

let down first last =
    let mutable seen = []
    for i = first downto last do
        seen <- i :: seen
    List.rev seen

printfn "%s" (show (counted 1 3))
printfn "%s" (show (down 3 1))
printfn "%s" (if List.isEmpty (counted 1 0) && List.isEmpty (down 0 1) then "none" else "some")

let byTwo =
    let mutable seen = []
    for i in 2..2..7 do
        seen <- i :: seen
    List.rev seen

printfn "%s" (show byTwo)

let greatest = 9223372036854775807
let least = -greatest - 1
printfn "ends %s" (show (counted (greatest - 1) greatest))
printfn "starts %s" (show (down (least + 1) least))

// The bounds are evaluated once.
let mutable asked = 0

let bound () =
    asked <- asked + 1
    3

let mutable turns = 0

for _ in 1 .. bound () do
    turns <- turns + 2

printfn "once %d" (asked + turns)

// A closure keeps the variable of its turn.
let mutable makers = []

for i in 1..3 do
    makers <- (fun () -> i) :: makers

printfn "kept %s" (makers |> List.rev |> List.map (fun make -> make ()) |> show)

let xs = [ 1; 2; 3; 4 ]
printfn "even %A" (xs |> List.filter (fun x -> x % 2 = 0))
printfn "doubled %A" (List.map (fun x -> x * 2) xs)

let sum, count = xs |> List.fold (fun (sum, count) x -> (sum + float x, count + 1)) (0.0, 0)
printfn "sum %.1f over %d" sum count

printfn "pairs %A" ([ (1, 2); (3, 4) ] |> List.map (fun (a, b) -> a + b))
printfn "%A" ([ 1; 2; 3 ] |> List.map (fun n -> counted 1 n))

// Lambdas in lambdas, and closures that capture the variables of both.
let inner =
    [ 10; 20 ]
    |> List.map (fun a -> [ 1; 2 ] |> List.map (fun b -> a + b))
    |> List.fold (fun all some -> all @ some) []

printfn "inner %A" inner

let late = xs |> List.map (fun x -> fun y -> x + y) |> List.map (fun add -> add 100)
printfn "late %A" late

let stopped =
    let mutable last = 0

    try
        for x in xs do
            last <- x
            [ x ] |> List.iter (fun x -> if x > 2 then failwith "too large")

        "not stopped"
    with Failure reason ->
        sprintf "stopped at %d: %s" last reason

printfn "%s" stopped

// What is folded from is evaluated before the list.
let say text value =
    printf "%s " text
    value

printf "order "
List.fold (fun () x -> printf "%d%s" x (if x = 4 then "\n" else " ")) (say "first" ()) (say "list" xs)

let skipped =
    let mutable seen = []

    for i in 1..3 do
        if i = 2 then continue
        seen <- i :: seen

    List.rev seen

printfn "%s" (show skipped)
