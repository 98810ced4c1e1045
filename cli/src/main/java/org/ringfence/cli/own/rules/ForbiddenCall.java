package org.ringfence.cli.own.rules;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Classes and methods that a rule forbids by their names. Names are internal ones, such as {@code java/lang/Object}.
 */
final class ForbiddenCall {
    /**
     * Classes: one with what is declared in it, or where the name ends with a stroke or a star all whose names begin
     * so.
     */
    private record Types(String name, Rule rule, String what) {
        boolean has(String type) {
            return name.endsWith("/") && type.startsWith(name)
                    || name.endsWith("*") && type.startsWith(name.substring(0, name.length() - 1))
                    || type.equals(name)
                    || type.startsWith(name + "$");
        }
    }

    /** The first that fits counts. */
    private static final List<Types> TYPES = List.of(
            new Types("org/ringfence/machine/state/State", Rule.STATE, "knows the machine's state"),
            new Types("java/lang/Thread*", Rule.THREADS, "uses threads"),
            new Types("java/lang/ScopedValue", Rule.THREADS, "uses threads"),
            new Types("java/util/concurrent/", Rule.THREADS, "uses threads"),
            new Types("java/util/Timer*", Rule.THREADS, "uses threads"),
            new Types("java/time/", Rule.TIME, "reads the clock"),
            new Types("java/util/Date", Rule.TIME, "reads the clock"),
            new Types("java/util/Calendar", Rule.TIME, "reads the clock"),
            new Types("java/util/GregorianCalendar", Rule.TIME, "reads the clock"),
            new Types("java/util/TimeZone", Rule.TIME, "reads the clock"),
            new Types("java/util/Random*", Rule.RANDOMNESS, "throws dice"),
            new Types("java/util/random/", Rule.RANDOMNESS, "throws dice"),
            new Types("java/util/SplittableRandom", Rule.RANDOMNESS, "throws dice"),
            new Types("java/security/", Rule.RANDOMNESS, "throws dice"),
            new Types("java/lang/reflect/", Rule.REFLECTION, "uses reflection"),
            new Types("java/lang/invoke/", Rule.REFLECTION, "uses reflection"),
            new Types("java/lang/classfile/", Rule.REFLECTION, "uses reflection"),
            new Types("java/lang/ClassLoader", Rule.REFLECTION, "uses reflection"),
            new Types("java/lang/Module*", Rule.REFLECTION, "uses reflection"),
            new Types("java/lang/StackWalker", Rule.REFLECTION, "uses reflection"),
            new Types("java/util/ServiceLoader", Rule.REFLECTION, "uses reflection"),
            new Types("java/lang/foreign/", Rule.OUTSIDE, "leaves the JVM"),
            new Types("java/lang/ref/", Rule.OUTSIDE, "sees the garbage collector"),
            new Types("java/lang/Runtime", Rule.OUTSIDE, "asks the JVM"),
            new Types("java/lang/Process*", Rule.OUTSIDE, "asks the operating system"),
            new Types("java/util/Scanner", Rule.OUTSIDE, "does input or output"),
            new Types("java/util/logging/", Rule.OUTSIDE, "does input or output"));

    /** Packages and classes that a routine may use beside its own. */
    private static final List<String> ALLOWED = List.of(
            "java/lang/", "java/util/", "java/math/", "java/io/Serializable", "java/io/PrintStream",
            "org/ringfence/machine/", "org/ringfence/stack/", "org/jspecify/");

    /** Not looked for, since they tell nothing: they stand in each class. */
    private static final Set<String> HARMLESS = Set.of("java/lang/invoke/MethodHandles$Lookup");

    private static final Map<String, Set<String>> OF_SYSTEM = Map.of(
            "time", Set.of("nanoTime", "currentTimeMillis"),
            "identity", Set.of("identityHashCode"),
            "none", Set.of("arraycopy"));

    private static final Set<String> OF_CLASS = Set.of(
            "getName", "getSimpleName", "desiredAssertionStatus", "isInstance", "cast", "getEnumConstants", "toString",
            "equals", "getDeclaringClass");

    private static final Map<String, Set<String>> HASH_ORDERED = Map.of(
            "java/util/HashMap", Set.of("<init>", "newHashMap"),
            "java/util/HashSet", Set.of("<init>", "newHashSet"),
            "java/util/Hashtable", Set.of("<init>"),
            "java/util/IdentityHashMap", Set.of("<init>"),
            "java/util/WeakHashMap", Set.of("<init>", "newWeakHashMap"),
            "java/util/Set", Set.of("of", "copyOf"),
            "java/util/Map", Set.of("of", "ofEntries", "copyOf"),
            "java/util/stream/Collectors",
            Set.of("toSet", "toMap", "toUnmodifiableSet", "toUnmodifiableMap", "groupingBy", "partitioningBy"));

    private static final Set<String> STREAMS = Set.of(
            "java/util/stream/Stream", "java/util/stream/IntStream", "java/util/stream/LongStream",
            "java/util/stream/DoubleStream");

    /** Their hash codes are of what they hold. */
    private static final Set<String> HASHED_BY_VALUE = Set.of(
            "java/lang/String", "java/lang/Integer", "java/lang/Long", "java/lang/Short", "java/lang/Byte",
            "java/lang/Character", "java/lang/Boolean", "java/lang/Float", "java/lang/Double", "java/math/BigInteger",
            "java/math/BigDecimal");

    private ForbiddenCall() {}

    /** What a rule says of something. */
    record Verdict(Rule rule, String what) {}

    /** What is wrong with the use of class {@code name}, an array's component. */
    static Optional<Verdict> type(String name) {
        if (HARMLESS.contains(name)) {
            return Optional.empty();
        }
        for (Types types : TYPES) {
            if (types.has(name)) {
                return Optional.of(new Verdict(types.rule, "%s (%s)".formatted(types.what, dotted(name))));
            }
        }
        if (ALLOWED.stream().noneMatch(name::startsWith)) {
            return Optional.of(new Verdict(
                    Rule.LIBRARY, "uses the library class %s".formatted(dotted(name))));
        }
        return Optional.empty();
    }

    /** What is wrong with a call of a method; {@code owner} is no judged class. */
    static Optional<Verdict> call(String owner, String name, String descriptor) {
        String call = "%s.%s".formatted(dotted(owner.substring(owner.lastIndexOf('/') + 1)), name);
        if (owner.equals("java/lang/System")) {
            return system(name, call);
        }
        if (owner.equals("java/lang/Class") && !OF_CLASS.contains(name)) {
            return verdict(Rule.REFLECTION, "uses reflection", call);
        }
        if ((owner.equals("java/lang/Math") || owner.equals("java/lang/StrictMath")) && name.equals("random")
                || owner.equals("java/util/UUID") && name.equals("randomUUID")
                || owner.equals("java/util/Collections") && name.equals("shuffle")) {
            return verdict(Rule.RANDOMNESS, "throws dice", call);
        }
        if (owner.equals("java/lang/Object") && (name.equals("wait") || name.startsWith("notify"))) {
            return verdict(Rule.THREADS, "uses threads", call);
        }
        if (isHash(owner, name, descriptor)) {
            return verdict(Rule.IDENTITY, "uses a hash code, which may be an identity", call);
        }
        if (HASH_ORDERED.getOrDefault(owner, Set.of()).contains(name)
                && !(owner.equals("java/util/stream/Collectors") && descriptor.contains("Supplier"))) {
            return verdict(Rule.HASH_ORDER, "makes a collection in the order of hash codes", call);
        }
        if (STREAMS.contains(owner)
                && (name.equals("generate") || name.equals("iterate") && !descriptor.contains("Predicate"))) {
            return verdict(Rule.ENDLESS, "makes a stream without an end", call);
        }
        return Optional.empty();
    }

    private static Optional<Verdict> system(String name, String call) {
        if (of("none", name)) {
            return Optional.empty();
        }
        if (of("time", name)) {
            return verdict(Rule.TIME, "reads the clock", call);
        }
        return of("identity", name)
                ? verdict(Rule.IDENTITY, "uses an identity", call)
                : verdict(Rule.OUTSIDE, "asks the JVM or the operating system", call);
    }

    private static boolean of(String kind, String name) {
        return OF_SYSTEM.getOrDefault(kind, Set.of()).contains(name);
    }

    /** Whether a hash code may be an object's identity, as an enum's is, and that of a record that holds one. */
    private static boolean isHash(String owner, String name, String descriptor) {
        return name.equals("hashCode") && descriptor.equals("()I") && !HASHED_BY_VALUE.contains(owner)
                || owner.equals("java/util/Objects") && name.startsWith("hash")
                || owner.equals("java/util/Arrays") && name.toLowerCase(java.util.Locale.ROOT).endsWith("hashcode");
    }

    private static Optional<Verdict> verdict(Rule rule, String what, String call) {
        return Optional.of(new Verdict(rule, "%s (%s)".formatted(what, call)));
    }

    static String dotted(String name) {
        return name.replace('/', '.').replace('$', '.');
    }
}
