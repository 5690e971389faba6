import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // React, the router and Mantine are one piece of 186 kB gzipped that every page needs.
  build: { target: 'es2023', sourcemap: false, chunkSizeWarningLimit: 700 },
  // `npm run dev -w web` beside a running Fairway: pages from here, data from there.
  server: { proxy: { '/api': { target: 'http://127.0.0.1:4700', changeOrigin: true, headers: { origin: 'http://127.0.0.1:4700' } } } },
});
