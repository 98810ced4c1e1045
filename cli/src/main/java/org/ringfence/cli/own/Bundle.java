package org.ringfence.cli.own;

/**
 * What one {@code --with} names.
 *
 * @param path as the user names it
 * @param sha256 of the file; of a folder, that of the lines {@code sha256sum} prints for what was read in it, in the
 *     order of their paths
 */
public record Bundle(String path, String sha256) {
    @Override
    public String toString() {
        return "%s (SHA-256 %s)".formatted(path, sha256);
    }
}
