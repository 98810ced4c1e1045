package org.ringfence.platform.life;

/** In which order a workload touches the guest's memory. */
public enum TouchOrder {
    /** From the lowest page to the highest, in equal steps. */
    SEQUENTIAL,
    /** Every page as likely as another. */
    RANDOM,
    /** The page of rank k with a likelihood of 1/k; which page has which rank is random. */
    ZIPF
}
