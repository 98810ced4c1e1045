package org.ringfence.checker.check;

import java.nio.file.Path;

/**
 * Where searches are kept on disk.
 *
 * @param folder of all of them; each has a folder of its own in it
 * @param goesOn whether they go on with what is there
 * @param version of what searches; only the same goes on
 */
public record Keeping(Path folder, boolean goesOn, String version) {

    /** The folder of one search: by the names of case, platform and threat model, in letters that any disk takes. */
    Path of(Case subject, Platform platform, ThreatModel threat) {
        return folder.resolve(plain(subject.name()))
                .resolve(plain(platform.name()))
                .resolve(plain(threat.toString()));
    }

    private static String plain(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]+", "_");
    }
}
