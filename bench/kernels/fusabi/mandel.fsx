let n = 500
// Loops over floats.
let run n =
    let mutable inside = 0
    for py in 0 .. n - 1 do
        for px in 0 .. n - 1 do
            let cx = 3.0 * float px / float n - 2.0
            let cy = 2.0 * float py / float n - 1.0
            let mutable x = 0.0
            let mutable y = 0.0
            let mutable turn = 0
            while turn < 50 && x * x + y * y <= 4.0 do
                let next = x * x - y * y + cx
                y <- 2.0 * x * y + cy
                x <- next
                turn <- turn + 1
            if turn = 50 then inside <- inside + 1
    inside
printfn "%d" (run n)
