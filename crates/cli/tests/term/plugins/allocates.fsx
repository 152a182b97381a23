let onOutput (line: string) =
    let rec grow (kept: string list) = grow ((line + "x") :: kept)
    grow []
