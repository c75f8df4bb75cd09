module github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions

go 1.26.0
