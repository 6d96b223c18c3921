// Waveform, loudness and true peak of a recording through the product's own path, and nothing that
// is encoded: what row 17 of the bench compares with `ffmpeg -af ebur128=peak=true`.
//
//     sound-measure FILE

import Foundation
import Glibc
import MediaModel
import Planning
import Transcoding

guard CommandLine.arguments.count == 2 else {
    print("usage: sound-measure FILE")
    exit(2)
}
let path = CommandLine.arguments[1]
let upload = unsafe open(path, O_RDONLY | O_CLOEXEC)
guard upload >= 0 else {
    print("cannot open \(path)")
    exit(1)
}
let place = FileManager.default.temporaryDirectory.appending(path: "sound-measure-\(getpid())")
try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: place) }

_ = try Engine.start()
let engine = Engine(
    upload: upload,
    scratch: ScratchDirectory(
        descriptor: unsafe open(place.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)))
let info = try engine.probe(limits: Limits(), fileName: path)
var plan = try Planner(cores: 1).plan(
    info, recipe: Recipe(), source: PlanSource(sha256: path, sidecar: Sidecar()))
plan.audio?.renditions = []
plan.audio?.share = nil
plan.cover = nil
try engine.execute(plan) { event in
    if case .loudness(let loudness) = event {
        print(
            "I \(loudness.integratedLUFS ?? .nan) LRA \(loudness.rangeLU ?? .nan) "
                + "peak \(loudness.truePeakDBTP ?? .nan)")
    }
}
