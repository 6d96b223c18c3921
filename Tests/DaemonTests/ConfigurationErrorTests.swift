import Foundation
import TestSupport
import Testing

@testable import Daemon

/// What an operator reads when the file is wrong: exact texts.
@Suite struct ConfigurationErrorTests {
    /// The messages, with the directory taken out of the paths.
    private func messages(
        _ yaml: String, environment: [String: String] = [:], more: [String: String] = [:]
    ) throws -> [String] {
        let directory = try TemporaryDirectory("configuration")
        let file = try directory.write(yaml, to: "vitrine.yaml")
        for (name, text) in more { try directory.write(text, to: name) }
        do {
            _ = try ConfigurationSource(.file(file.path), environment: environment).loadChecked()
            return []
        } catch {
            return error.issues.map {
                $0.description.replacing(directory.url.path + "/", with: "")
            }
        }
    }

    @Test func anUnknownKeyNamesItsPlaceAndTheNearestKey() throws {
        let yaml = """
            inbox:
              path: /srv/inbox
              setle: 2s
            """
        #expect(
            try messages(yaml) == [
                "vitrine.yaml:3:3: inbox.setle: unknown key; did you mean `settle`?"
            ])
    }

    @Test func anUnknownSectionIsReportedOnceAndNotKeyByKey() throws {
        let yaml = """
            inbx:
              path: /srv/inbox
              settle: 2s
            """
        #expect(
            try messages(yaml) == ["vitrine.yaml:1:1: inbx: unknown key; did you mean `inbox`?"])
    }

    @Test func aKeyInTheWrongSectionNamesTheRightOne() throws {
        #expect(
            try messages("settle: 2s") == [
                "vitrine.yaml:1:1: settle: unknown key here; did you mean `inbox.settle`?"
            ])
    }

    @Test func wrongTypesSayWhatWasFoundAndExpected() throws {
        let yaml = """
            inbox:
              settle: 2 parsecs
              rescan: 60
              minimumFree: lots
            workers:
              spare: maybe
              count: many
            limits:
              videoSide: "8192"
              sourceBytes: 4GB
            """
        #expect(
            try messages(yaml) == [
                "vitrine.yaml:2:11: inbox.settle: found `2 parsecs`, expected a duration "
                    + "such as 500ms, 2s, 5m or 1h",
                "vitrine.yaml:3:11: inbox.rescan: found `60`, expected a duration such "
                    + "as 500ms, 2s, 5m or 1h",
                "vitrine.yaml:4:16: inbox.minimumFree: found `lots`, expected `auto` or "
                    + "a size such as 512MiB or 4GiB",
                "vitrine.yaml:6:10: workers.spare: found `maybe`, expected true or false",
                "vitrine.yaml:7:10: workers.count: found `many`, expected `auto` or a "
                    + "whole number from 1 to 256",
                "vitrine.yaml:9:14: limits.videoSide: found the text \"8192\", expected "
                    + "a whole number",
                "vitrine.yaml:10:16: limits.sourceBytes: found `4GB`, expected a size "
                    + "such as 512MiB or 4GiB",
            ])
    }

    @Test func valuesOutOfRangeNameTheRange() throws {
        let yaml = """
            inbox: { settle: 2h }
            workers: { count: 0 }
            limits: { streams: 5000 }
            """
        #expect(
            try messages(yaml) == [
                "vitrine.yaml:1:18: inbox.settle: found `2h`, expected 0s to 1h",
                "vitrine.yaml:2:19: workers.count: found `0`, expected `auto` or a whole "
                    + "number from 1 to 256",
                "vitrine.yaml:3:20: limits.streams: found `5000`, expected 1 to 1024",
            ])
    }

    @Test func aWordThatIsNearlyRightIsSuggested() throws {
        #expect(
            try messages("log: { level: wraning }") == [
                "vitrine.yaml:1:15: log.level: found `wraning`, expected one of `trace`, "
                    + "`debug`, `info`, `notice`, `warning`, `error`, `critical`; did you mean "
                    + "`warning`?"
            ])
    }

    @Test func aSectionThatIsAValueAndAValueThatIsASection() throws {
        let yaml = """
            inbox: /srv/inbox
            state:
              path: { deep: 1 }
            """
        #expect(
            try messages(yaml) == [
                "vitrine.yaml:1:8: inbox: found `/srv/inbox`, expected a section with "
                    + "the keys minimumFree, path, polling, pollingInterval, rescan, settle, "
                    + "sidecarWait",
                "vitrine.yaml:3:9: state.path: found a section, expected an absolute "
                    + "path, or one relative to this file",
            ])
    }

    @Test func aValueThatIsMissingIsNotTakenForADefault() throws {
        #expect(
            try messages("inbox:\n  settle:\n") == [
                "vitrine.yaml:2:10: inbox.settle: found nothing, expected a duration "
                    + "such as 500ms, 2s, 5m or 1h"
            ])
    }

    @Test func whatIsNotYAMLNamesThePlace() throws {
        let found = try messages("inbox:\n  path: [\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("vitrine.yaml:3:1: this is not YAML: ") == true)
    }

    @Test func aKeyThatStandsTwiceIsRefused() throws {
        let found = try messages("log:\n  level: info\n  level: debug\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("written twice in the same section: level") == true)
    }

    @Test func aFileThatIsMissingSaysWhatElseThereIs() {
        let source = ConfigurationSource(.file("/nowhere/vitrine.yaml"), environment: [:])
        let error = #expect(throws: ConfigurationError.self) { try source.load() }
        #expect(
            error?.description == """
                /nowhere/vitrine.yaml: there is no such file; `--config` names another, \
                `--embedded DIR` needs none
                """)
    }

    @Test func directoriesInsideOneAnotherAreRefused() throws {
        let yaml = """
            inbox: { path: /srv/vitrine }
            storage: { path: /srv/vitrine/public }
            originals: { path: /srv/o }
            quarantine: { path: /srv/o/ }
            """
        #expect(
            try messages(yaml) == [
                "vitrine.yaml:2:18: storage.path: /srv/vitrine/public lies inside "
                    + "inbox.path (/srv/vitrine); each needs a directory of its own",
                "vitrine.yaml:4:21: quarantine.path: /srv/o is the same directory as "
                    + "originals.path (/srv/o); each needs a directory of its own",
            ])
    }

    @Test func aSymbolicLinkDoesNotHideThatDirectoriesOverlap() throws {
        let directory = try TemporaryDirectory("overlap")
        let real = directory.file("real")
        try FileManager.default.createDirectory(at: real, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: directory.file("link"), withDestinationURL: real)
        let found = try messages(
            "inbox: { path: \(real.path) }\nstorage: { path: \(directory.file("link").path)/out }")
        #expect(found.count == 1)
        #expect(found.first?.contains("lies inside inbox.path") == true)
    }

    @Test func aDefaultRecipeThatIsMissingNamesTheNearest() throws {
        let found = try messages(
            "recipes: { path: recipes, default: print }",
            more: ["recipes/prints.yaml": "image: { jpegQuality: 95 }"])
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix("vitrine.yaml:1:36: recipes.default: there is no recipe `print`")
                == true)
        #expect(found.first?.hasSuffix("did you mean `prints`?") == true)
    }

    @Test func mistakesInRecipesAreReportedInTheirFiles() throws {
        let found = try messages(
            "recipes: { path: recipes }",
            more: [
                "recipes/big.yaml": """
                name: large
                video:
                  rungs:
                    - { height: 720, maximumKilobits: 3000 }
                    - { height: 1080, maximumKilobits: 6000, bitrate: 1 }
                    - { height: 360 }
                  preset: placebo
                image:
                  widths: []
                  matte: white
                """
            ])
        #expect(
            found == [
                "recipes/big.yaml:1:7: name: expected `big`: a recipe is named for its file",
                "recipes/big.yaml:4:5: video.rungs: expected the largest height first, none twice",
                "recipes/big.yaml:5:46: video.rungs[1].bitrate: unknown key; known here: "
                    + "height, maximumKilobits",
                "recipes/big.yaml:6:7: video.rungs[2]: `maximumKilobits` is missing",
                "recipes/big.yaml:7:11: video.preset: found `placebo`, expected one of "
                    + "`ultrafast`, `superfast`, `veryfast`, `faster`, `fast`, `medium`, "
                    + "`slow`, `slower`, `veryslow`",
                "recipes/big.yaml:9:11: image.widths: found a list of 0, expected a list "
                    + "of 1 to 16",
                "recipes/big.yaml:10:10: image.matte: found `white`, expected a colour "
                    + "such as \"#ffffff\"",
            ])
    }

    @Test func anotherCodecIsAskedForByHeightsOfTheLadder() throws {
        let found = try messages(
            "recipes: { path: recipes }",
            more: [
                "recipes/more.yaml": """
                video:
                  rungs: [{ height: 720, maximumKilobits: 3000 }]
                  hevc:
                    heights: [720, 720]
                    crf: 60
                  av1:
                    heights: [1080]
                    preset: fast
                """
            ])
        #expect(
            found == [
                "recipes/more.yaml:4:14: video.hevc.heights: expected no height twice",
                "recipes/more.yaml:5:10: video.hevc.crf: found `60`, expected 0 to 51",
                "recipes/more.yaml:7:14: video.av1.heights: found 1080, expected heights out of "
                    + "video.rungs",
                "recipes/more.yaml:8:13: video.av1.preset: found `fast`, expected one of `0`, `1`, "
                    + "`2`, `3`, `4`, `5`, `6`, `7`, `8`, `9`, `10`, `11`, `12`, `13`",
            ])
    }

    @Test func environmentVariablesAreNamedInTheirMistakes() throws {
        #expect(
            try messages(
                "",
                environment: [
                    "VITRINE_INBOX_SETTLE": "soon", "VITRINE_INBX_PATH": "/x",
                    "VITRINE_STATE_PATH": "relative", "VITRINE_SOCKET": "/for/vitrinectl",
                ]) == [
                    "VITRINE_INBOX_SETTLE: inbox.settle: found `soon`, expected a "
                        + "duration such as 500ms, 2s, 5m or 1h",
                    "VITRINE_STATE_PATH: state.path: found `relative`, expected an "
                        + "absolute path, or one relative to this file",
                    "VITRINE_INBX_PATH: no setting has this name; did you mean "
                        + "`VITRINE_INBOX_PATH`?",
                ])
    }
}
