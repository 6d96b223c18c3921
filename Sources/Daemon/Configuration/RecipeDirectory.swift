import Foundation
import Planning

/// The recipes an operator wrote, one file each. The embedded default is there unless a file of its
/// name replaces it.
enum RecipeDirectory {
    /// Reads every `*.yaml` in a directory; one that does not exist has none.
    static func load(_ directory: String) throws(ConfigurationError) -> [String: Recipe] {
        var recipes = ["default": Recipe()]
        var issues: [ConfigurationIssue] = []
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for file in names.sorted() where file.hasSuffix(".yaml") && !file.hasPrefix(".") {
            let path = "\(directory)/\(file)"
            do throws(ConfigurationError) {
                let recipe = try load(path, name: String(file.dropLast(".yaml".count)))
                recipes[recipe.name] = recipe
            } catch {
                issues += error.issues.map {
                    var issue = $0
                    issue.recipe = String(file.dropLast(".yaml".count))
                    return issue
                }
            }
        }
        guard issues.isEmpty else { throw ConfigurationError(issues) }
        return recipes
    }

    private static func load(_ path: String, name: String) throws(ConfigurationError) -> Recipe {
        func refuse(_ message: String) -> ConfigurationError {
            ConfigurationError([
                ConfigurationIssue(
                    origin: SettingOrigin(source: path), keyPath: "", message: message)
            ])
        }
        guard isValidName(name) else {
            throw refuse("a recipe's file name is 1 to 64 of a-z, 0-9, - and _, and .yaml")
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)),
            let text = String(validating: data, as: UTF8.self)
        else { throw refuse("the file cannot be read as UTF-8 text") }
        return try Recipe.read(yaml: text, source: path, name: name)
    }

    private static func isValidName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
    }
}
