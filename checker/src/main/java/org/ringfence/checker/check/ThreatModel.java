package org.ringfence.checker.check;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.ringfence.machine.operation.Principal;

/**
 * Who is not trusted, and with what. A malicious principal draws any operation from its families at any time, and its own software does
 * not run. A retroactive one runs its own software honestly, and from some instant on reads all that it can reach: since reading changes
 * nothing, that instant may be any.
 *
 * @param parts the names it is combined of, in the order of this class
 */
public record ThreatModel(Set<String> parts) {
    private static final Map<String, ThreatModel> NAMED = new LinkedHashMap<>();

    static {
        for (String name : List.of("honest-host", "retroactive-host", "malicious-host", "malicious-l2", "physical")) {
            NAMED.put(name, new ThreatModel(Set.of(name)));
        }
    }

    public ThreatModel {
        parts = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(parts));
    }

    /** The names that can be combined with {@code +}. */
    public static Set<String> names() {
        return java.util.Collections.unmodifiableSet(NAMED.keySet());
    }

    /**
     * A threat model by its name, or several joined by {@code +}.
     *
     * @throws IllegalArgumentException with a sentence that tells what is allowed
     */
    public static ThreatModel parse(String text) {
        Set<String> given = new LinkedHashSet<>();
        for (String part : text.split("\\+", -1)) {
            String name = part.strip();
            if (!NAMED.containsKey(name)) {
                throw new IllegalArgumentException(
                        "unknown threat model '%s'; allowed are %s, and combinations joined by +"
                                .formatted(name, String.join(", ", NAMED.keySet())));
            }
            given.add(name);
        }
        List<String> hosts =
                given.stream().filter(name -> name.endsWith("-host")).toList();
        if (hosts.size() > 1) {
            throw new IllegalArgumentException("a host cannot be %s at once".formatted(String.join(" and ", hosts)));
        }
        return new ThreatModel(NAMED.keySet().stream()
                .filter(given::contains)
                .collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    /** Principals that do what they like. */
    public Set<Principal> malicious() {
        Set<Principal> malicious = EnumSet.noneOf(Principal.class);
        if (parts.contains("malicious-host")) {
            malicious.add(Principal.HOST);
        }
        if (parts.contains("malicious-l2")) {
            malicious.add(Principal.INNER_GUEST);
        }
        if (parts.contains("physical")) {
            malicious.add(Principal.BUS);
        }
        return malicious;
    }

    /** Principals that only read what they should not. */
    public Set<Principal> retroactive() {
        return parts.contains("retroactive-host") ? EnumSet.of(Principal.HOST) : EnumSet.noneOf(Principal.class);
    }

    /** The name in case files and reports. */
    @Override
    public String toString() {
        return String.join("+", parts);
    }

    /** As {@link #parse}, for several texts. */
    public static List<ThreatModel> parseAll(String... texts) {
        return Arrays.stream(texts).map(ThreatModel::parse).toList();
    }
}
