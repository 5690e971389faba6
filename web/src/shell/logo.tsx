/** A marked channel seen from the bridge: the fairway between a port and a starboard buoy. */
export function LogoMark({ size = 26 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#1b6285" />
      <path d="M12.6 27 15 5h2l2.4 22z" fill="#fff" opacity="0.94" />
      <circle cx="8" cy="19.5" r="3.4" fill="#ef6a5b" />
      <circle cx="24" cy="19.5" r="3.4" fill="#4fc08d" />
    </svg>
  );
}
