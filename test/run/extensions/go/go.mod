module listener

go 1.21
