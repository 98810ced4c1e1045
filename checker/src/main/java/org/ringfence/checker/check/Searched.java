package org.ringfence.checker.check;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.ringfence.checker.explore.CheckpointRefused;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;

/**
 * What a search is of, by name, so that a search which is kept on disk goes on only where all of it is the same. Of
 * machine and software there are digests: of every field and where it lies, the first state, all who move and all who
 * judge, every point of the software with its operation and where each result leads.
 */
final class Searched {
    /** What an object without a text of its own prints: another number in each process. */
    private static final Pattern IDENTITY = Pattern.compile("(\\$\\$Lambda[^@]*)?@[0-9a-f]+");

    private static final int DIGITS = 16;

    private Searched() {}

    /** What the search of a case is of. */
    static Map<String, String> of(
            Keeping keeping, Case subject, Platform platform, ThreatModel threat, Settings settings, Model model) {
        Map<String, String> what = new LinkedHashMap<>();
        what.put("version", keeping.version());
        what.put("case", subject.name());
        what.put("platform", platform.name());
        what.put("threat model", threat.toString());
        what.put("properties", model.judged().toString());
        what.put("machine", "%s, %s".formatted(subject.machine(), digest(machine(subject, platform, model))));
        what.put("software", digest(software(model)));
        what.put("names", model.symmetry() == null ? "kept" : model.symmetry().renames());
        what.put("fingerprints", settings.limits().states() > Limits.NARROW ? "80 bits" : "64 bits");
        return what;
    }

    private static String machine(Case subject, Platform platform, Model model) {
        StringBuilder text = new StringBuilder();
        text.append(subject.guards(platform.name()).names()).append('\n')
                .append(subject.options().get(platform.name())).append('\n')
                .append(model.layout()).append('\n')
                .append(Arrays.toString(model.initial().words())).append('\n');
        model.families().forEach(family -> text.append(family.getClass().getName()).append(family.arguments().size())
                .append('\n'));
        model.invariants().forEach(invariant -> text.append(invariant.getClass().getName()).append('\n'));
        return text.toString();
    }

    private static String software(Model model) {
        StringBuilder text = new StringBuilder();
        for (SoftwareMover mover : model.software()) {
            Software software = mover.software();
            if (!software.isComplete()) {
                throw new CheckpointRefused(
                        "software of %s is learned as the search meets it, and such a search cannot be kept"
                                .formatted(mover.actor().name()));
            }
            text.append(mover.actor()).append('\n');
            for (int point = 0; point < software.points(); point++) {
                text.append(software.operation(point)).append(' ').append(software.end(point)).append('\n');
            }
            software.eachEdge((from, code) -> text.append(from).append(' ').append(code).append(' ')
                    .append(software.next(from, code)).append('\n'));
        }
        return text.toString();
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(IDENTITY.matcher(text).replaceAll("").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
