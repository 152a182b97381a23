// Modules (§1.4): nesting, `open`, shadowing, declarations and expressions interleaved.
module Geometry =
    let pi = 3
    module Circle =
        let area r = pi * r * r
    module private Hidden =
        let secret = 42
    let reveal () = Hidden.secret
printfn "%d" (Geometry.Circle.area 2)
// expect: 12
open Geometry
printfn "%d %d" pi (reveal ())
// expect: 3 42
module C = Geometry.Circle
printfn "%d" (C.area 1)
// expect: 3
let x = 1
let useX () = x
let x = 2
printfn "%d %d" x (useX ())
// expect: 2 1
do printfn "done"
// expect: done
