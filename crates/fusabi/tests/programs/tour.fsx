module Demo
open System
#load "a.fsx"
type Shape =
    | Circle of radius: float
    | Rect of w: int * h: int
    | Point
    member s.Area = 1.0
type P = { X: int; mutable Y: string }
type Builder() =
    member _.Bind(x, f) = f x
    member _.Return(x) = x
[<Measure>] type m
let (|Even|Odd|) n = if n % 2 = 0 then Even else Odd
let inline (+.) a b = a + b
let rec f x = 
    let y = x + 1
    match y with
    | 0 -> "zero"
    | n when n > 5 ->
        printfn "big"
        "big"
    | _ -> "x"
and g = function
    | Circle(r) -> r
    | Rect(w = a; h = b) -> 1.0<m/s^2>
    | Shape.Point | _ -> -2.5
let p = { X = 1; Y = "a" }
let q = { p with X = 2
                 Y = "b" }
let xs = [ for x in 1..10 do if x > 2 then yield x * x ]
let ys = xs |> List.map (fun x ->
    x + 1)
        |> List.filter (fun x -> x > 3)
let s = $"a {p.X,5:0.00} %d{1 + 2}%% {{}}"
let work = async {
    let! a = foo 1
    and! b = bar 2
    do! baz a
    if a then return 1
    return! other b
}
xs.[0] <- 5
let z = f -1 + -2 * arr.[1..] - g(x).Y
let add10_20 = add 10
in add10_20 5
try foo () with | Failure m -> m | e -> raise e
let t : Map<string, int list> -> 'a = Foo<int>.Bar(1)
if a then b
elif c then d
else if e then f
else
    g
module Inner =
    let a = 1
    let private b = 2
printfn "%d" Inner.a

// a comment
let h x =
  // inside
  let a=1   // trailing
  match x with
  | 1 -> a
  (* block *)
  | _ ->
     foo a
      |> bar
       (1,2)
let v = [
   1
   2
 ]
let w =
   if a then
      b
   else if c then d
   else
         e
(* multi
   line *)
let k = query (fun a ->
  let b = a
  b + 1) 2
