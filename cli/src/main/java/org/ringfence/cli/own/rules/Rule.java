package org.ringfence.cli.own.rules;

/**
 * What a routine must not do. The checker takes a routine for a function of the results it has seen; each rule closes
 * one way to see more, or to go on where the checker stops it.
 */
public enum Rule {
    /** A class could have fields that change. */
    RECORD_OR_ENUM("a routine is a record or an enum, and its components are its arguments"),
    /** A component of such a kind could change. */
    COMPONENTS("a component is a primitive, a string, an enum, a list, or a record of these"),
    /** What is left in a static field is seen by the next run, and by every other actor. */
    STATICS("a routine keeps what it knows in local variables, hands it to cpu.again(...), or asks a part of the machine for it; "
            + "a constant is a primitive, a string, an enum or a record"),
    /** Only operations see the state. */
    STATE("a routine asks for operations, and only they see the state"),
    /** Threads run as they like. */
    THREADS("another CPU is another actor of the case"),
    /** Clocks tell another time at each run. */
    TIME("what depends on time is an operation with several results, or cpu.choose(n)"),
    /** Dice fall otherwise at each run. */
    RANDOMNESS("cpu.choose(n) is a choice of which every branch is explored"),
    /** What is reached so is hidden from these rules. */
    REFLECTION("a routine calls what it needs by its name"),
    /** The world outside differs from run to run. */
    OUTSIDE("a routine sees its CPU, the results it got and its components, and nothing else"),
    /** Libraries are not looked into. */
    LIBRARY("a routine uses Java's collections, what Ringfence has for software, and classes of its own"),
    /** An identity differs from run to run. */
    IDENTITY("compare with equals, or order by something that the objects hold"),
    /** The order differs from JVM to JVM. */
    HASH_ORDER("ArrayList, LinkedHashMap, LinkedHashSet, TreeMap and EnumMap have an order of their own"),
    /** The checker stops a routine by an Error: who catches it runs on past that point. */
    CATCHES_ERROR("catch Panic, or the exception that is meant: the checker stops a routine by an Error"),
    /** A lambda has neither a name to print nor components to compare. */
    LAMBDA("write a record that implements Routine"),
    /** A stream without an end. */
    ENDLESS("a loop without a bound ends by cpu.again(...)"),
    /** What is not there. */
    MISSING("give the jar or the folder it is in with another --with");

    private final String remedy;

    Rule(String remedy) {
        this.remedy = remedy;
    }

    /** What would be right. */
    public String remedy() {
        return remedy;
    }
}
