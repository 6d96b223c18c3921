import JobQueue
import MediaModel
import Storage

/// How an error that ends the daemon is said and coded.
package enum Ending {
    package static func explain(_ error: any Error) -> (text: String, exitCode: Int32) {
        let (text, code): (String, StartError.Code) =
            switch error {
            case let error as ConfigurationError: (error.description, .badConfiguration)
            case let error as StartError: (error.description, error.code)
            case let error as StorageError:
                (error.description, error.code == .permission ? .notPermitted : .storageFailed)
            case let error as JobStoreError: (error.operatorText, .storageFailed)
            case let failure as Failure where failure.kind == .io:
                (failure.operatorText, .storageFailed)
            case let failure as Failure: (failure.operatorText, .cannotStart)
            default: ("\(error)", .cannotStart)
            }
        // Every line of a list of mistakes begins with its place already.
        return (error is ConfigurationError ? text : "vitrined: \(text)", code.rawValue)
    }
}
