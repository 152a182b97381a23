let onOutput (line: string) =
    let mutable i = 0
    while true do
        i <- i + 1
