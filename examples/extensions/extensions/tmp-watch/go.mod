module example.com/tmp-watch

go 1.21
