// The standard library: all of its files.
#load "map.fsx" "set.fsx" "list.fsx" "array.fsx" "seq.fsx" "string.fsx" "char.fsx" "option.fsx" "voption.fsx" "result.fsx"
#load "math.fsx" "json.fsx" "task.fsx" "async.fsx" "regex.fsx" "core.fsx" "methods.fsx"
#load "time.fsx" "url.fsx" "file.fsx" "console.fsx" "process.fsx"
#load "function.fsx" "lazy.fsx" "range.fsx"
